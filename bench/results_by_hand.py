"""The counts in a round's results by hand-written SQL on the plain driver: what `compute_results` is measured against.

Everything in the results that is a count is counted here, once each, in as few statements as they need; nothing else
is made of them: no interval, no coefficient, no sentence, no digest. `counts_in` takes the same counts from the
product's results, so that the two can be held against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

Execute = Callable[[str, Mapping[str, Any]], Any]
GRADES = ("Inadequate", "Requires improvement", "Good", "Outstanding")
ATTRIBUTES = ("sex", "ethnicity", "disability")

AUDITS = """
WITH audit AS (
  SELECT *, purpose = 'main' AND kind <> 'judgemental' AND lost_reason IS DISTINCT FROM 'draw_discarded' AS random,
    purpose = 'main' AND kind = 'judgemental' AND lost_reason IS DISTINCT FROM 'draw_discarded' AS added
  FROM case_audit WHERE round_id = %(round)s
), counted AS (
  SELECT *, random AND state NOT IN ('removed', 'not_audited') AND published_grade IS NOT NULL AS counts FROM audit
)
"""
TOTALS = (
    AUDITS
    + """
SELECT
  count(*) FILTER (WHERE random AND counted.kind = 'random'),
  count(*) FILTER (WHERE counts),
  count(*) FILTER (WHERE counts AND (agreed_at AT TIME ZONE 'Europe/London')::date > r.first_ends_on),
  count(*) FILTER (WHERE random AND NOT counts AND counted.state NOT IN ('removed', 'not_audited')),
  count(*) FILTER (WHERE random AND counted.state = 'not_audited'),
  count(*) FILTER (WHERE random AND counted.state = 'removed'),
  count(*) FILTER (WHERE random AND counted.kind = 'replacement'),
  count(*) FILTER (WHERE counts AND published_disputed),
  count(*) FILTER (WHERE counts AND first_grade = 1), count(*) FILTER (WHERE counts AND first_grade = 2),
  count(*) FILTER (WHERE counts AND first_grade = 3), count(*) FILTER (WHERE counts AND first_grade = 4),
  count(*) FILTER (WHERE added),
  count(*) FILTER (WHERE added AND counted.state <> 'removed' AND published_grade = 1),
  count(*) FILTER (WHERE added AND counted.state <> 'removed' AND published_grade = 2),
  count(*) FILTER (WHERE added AND counted.state <> 'removed' AND published_grade = 3),
  count(*) FILTER (WHERE added AND counted.state <> 'removed' AND published_grade = 4),
  count(*) FILTER (WHERE moderated AND share),
  count(*) FILTER (WHERE moderated AND share AND moderated_grade > first_grade),
  count(*) FILTER (WHERE moderated AND share AND moderated_grade < first_grade),
  count(*) FILTER (WHERE moderated AND share AND first_grade >= 3),
  count(*) FILTER (WHERE moderated AND share AND moderated_grade >= 3),
  count(*) FILTER (WHERE moderated),
  count(*) FILTER (WHERE moderated AND NOT share AND moderated_grade <> first_grade)
FROM (
  SELECT counted.*, counts AND moderated_grade IS NOT NULL AND first_grade IS NOT NULL AS moderated,
    EXISTS (SELECT FROM moderation m WHERE m.case_audit_id = counted.id AND m.random_share AND m.state = 'decided')
      AS share
  FROM counted
) counted JOIN audit_round r ON r.id = counted.round_id
"""
)
LOST = (
    AUDITS
    + "SELECT state, coalesce(lost_reason, ''), count(*) FROM counted"
    + " WHERE random AND state IN ('removed', 'not_audited') GROUP BY 1, 2"
)
CASES = (
    AUDITS
    + "SELECT coalesce(t.name, 'No team'), stratum, published_grade, count(*) FROM counted"
    + " LEFT JOIN team t ON t.id = team_id WHERE counts GROUP BY 1, 2, 3"
)
DOMAINS = (
    AUDITS
    + """
SELECT domain, grade, count(*) FROM (
  SELECT DISTINCT ON (d.case_audit_id, d.domain) d.domain, d.grade
  FROM domain_grade d JOIN counted ON counted.id = d.case_audit_id WHERE counts
  ORDER BY d.case_audit_id, d.domain,
    CASE d.source WHEN 'decider' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END, d.number DESC
) standing GROUP BY 1, 2
"""
)
DOUBLES = (
    AUDITS
    + """
SELECT one.first_grade, two.first_grade, count(*) FROM counted one JOIN counted two ON two.ref = one.ref
LEFT JOIN submission a ON a.case_audit_id = one.id AND a.number = 1
LEFT JOIN submission b ON b.case_audit_id = two.id AND b.number = 1
WHERE one.random AND two.purpose = 'second' AND one.first_grade IS NOT NULL AND two.first_grade IS NOT NULL
  AND coalesce(a.auditor_id, one.auditor_id) IS DISTINCT FROM coalesce(b.auditor_id, two.auditor_id)
GROUP BY 1, 2
"""
)
DRAWN = """
SELECT {columns} FROM frame_case f
JOIN sample_case s ON s.frame_case_id = f.id JOIN case_audit a ON a.sample_case_id = s.id
WHERE a.round_id = %(round)s AND a.purpose = 'main' AND a.kind <> 'judgemental'
  AND a.state NOT IN ('removed', 'not_audited')
"""
COVERAGE = f"""
SELECT ({DRAWN.format(columns="count(DISTINCT nullif(f.worker, ''))")}), (
  SELECT count(DISTINCT nullif(f.worker, '')) FROM frame_case f
  WHERE f.frame_id = (SELECT frame_id FROM audit_round WHERE id = %(round)s))
"""
MORE = ", ".join(f"coalesce(f.more ->> '{name}', '')" for name in ATTRIBUTES)
GRADED = f"""
{DRAWN.format(columns=f"{MORE}, count(*), count(*) FILTER (WHERE a.published_grade >= 3)")}
AND a.published_grade IS NOT NULL GROUP BY 1, 2, 3
"""
DRAWS = """
SELECT (SELECT count(*) FROM draw WHERE round_id = %(round)s AND discarded_at IS NOT NULL)
  + (SELECT count(*) FROM journal WHERE subject_type = 'audit_round' AND subject_id = %(round)s
     AND entry = 'draw_not_possible')
  + (SELECT count(*) FROM draw d JOIN audit_round e ON e.id = d.round_id JOIN audit_round t ON t.frame_id = e.frame_id
     WHERE t.id = %(round)s AND e.id < t.id AND e.state = 'cancelled'),
  (SELECT manifest ->> 'eligible' FROM draw WHERE round_id = %(round)s AND discarded_at IS NULL)
"""
COMPLETION = ("planned", "done", "late", "open", "exempted", "removed", "replacements", "disputed")
SHIFT = ("n", "raised", "lowered", "good_before", "good_after", "moderated", "others_changed")


def count_by_hand(execute: Execute, round_id: int) -> dict[str, Any]:
    """Every count of the results, in eight statements."""
    of = {"round": round_id}
    totals = execute(TOTALS, of).fetchone()
    by_team, by_stratum, all_grades = defaultdict(dict), defaultdict(dict), {}
    for team, stratum, grade, count in execute(CASES, of):
        for kept in (by_team[team], by_stratum[stratum], all_grades):
            kept[grade] = kept.get(grade, 0) + count
    domains: dict[str, dict[int | None, int]] = defaultdict(dict)
    for domain, grade, count in execute(DOMAINS, of):
        domains[domain][grade] = count
    discarded, population = execute(DRAWS, of).fetchone()
    return {
        "completion": dict(zip(COMPLETION, totals, strict=False)),
        "lost": {(state, reason): count for state, reason, count in execute(LOST, of)},
        "published": _distribution(all_grades),
        "as_submitted": dict(zip(GRADES, totals[8:12], strict=True)),
        "added": (totals[12], dict(zip(GRADES, totals[13:17], strict=True))),
        "moderation": dict(zip(SHIFT, totals[17:], strict=True)),
        "teams": {name: _distribution(grades) for name, grades in by_team.items()},
        "strata": {name: _distribution(grades) for name, grades in by_stratum.items()},
        "domains": {name: (_distribution(grades), grades.get(None, 0)) for name, grades in domains.items()},
        "doubles": {(one, two): count for one, two, count in execute(DOUBLES, of)},
        "coverage": tuple(execute(COVERAGE, of).fetchone()),
        "groups": _groups(execute(GRADED, of)),
        "draws": (discarded, int(population)),
    }


def _distribution(grades: Mapping[Any, int]) -> dict[str, int]:
    return {name: grades.get(grade, 0) for grade, name in enumerate(GRADES, 1)}


def _groups(graded: Any) -> dict[str, dict[str, tuple[int, int]]]:
    """Graded cases of each group. Those that could be drawn are not counted by hand: the product keeps them for a
    frozen list and a locked design, and to work out the rules in SQL each time would flatter it.
    """
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in graded:
        for attribute, group in zip(ATTRIBUTES, row, strict=False):
            for place, count in enumerate(row[len(ATTRIBUTES) :]):
                found[attribute, group][place] += count
    return {name: {group: tuple(n) for (of, group), n in found.items() if of == name} for name in ATTRIBUTES}


def counts_in(results: Mapping[str, Any]) -> dict[str, Any]:
    """The same counts, taken from the product's results; strata are in them only as a weighted share."""
    completion, moderation, table = results["completion"], results["moderation"], results["agreement"]["table"]
    lost = {("removed", reason): n for reason, n in completion["removed_reasons"].items()}
    lost |= {("not_audited", reason): n for reason, n in completion["exempted_reasons"].items()}
    cells = ((one, two, table[one - 1][two - 1]) for one in range(1, 5) for two in range(1, 5))
    return {
        "completion": {name: completion[name] for name in COMPLETION},
        "lost": lost,
        "published": results["estimate"]["distribution"],
        "as_submitted": results["as_submitted"]["distribution"],
        "added": (results["added"]["planned"], results["added"]["distribution"]),
        "moderation": {name: moderation[name] for name in SHIFT},
        "teams": {team["team"]: team["distribution"] for team in results["teams"]},
        "domains": {d["key"]: (d["distribution"], d["not_applicable"]) for d in results["domains"]},
        "doubles": {(one, two): count for one, two, count in cells if count},
        "coverage": (results["coverage"]["covered"], results["coverage"]["workers"]),
        "groups": {
            name: {group: (n["n"], n["good"]) for group, n in groups.items() if n["n"]}
            for name, groups in results["groups"].items()
        },
        "draws": results["round"]["discarded_draws"],
    }
