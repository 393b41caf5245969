"""What the sample council's auditors write: plain sentences by domain and by how good the practice was."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """For one domain: what strong and weak practice looked like, where it can be seen, what it changed."""

    strong: str
    weak: str
    where: str
    better: str
    worse: str
    action: str


WORDS: dict[str, Words] = {
    "recording": Words(
        "Entries are written within a day or two, and the chronology says what each event meant for her.",
        "Visits were written up in batches, some three weeks late, and the chronology stops in the spring.",
        "case notes of the last six months; chronology, last entry",
        "A new worker picked the story up in a day, and she did not have to tell it again.",
        "The duty worker in August did not know about the earlier injury and asked him to explain it again.",
        "Bring the chronology up to date and say what each event meant for the child",
    ),
    "assessment": Words(
        "It explains why life is as it is for this child, uses the history, and was looked at again after the move.",
        "Much is described and little explained; the new partner in the home is named once and never assessed.",
        "assessment, sections 3 and 5; update after the move",
        "The help that followed was the help the family needed, and the mother says so.",
        "Help was offered for the wrong thing for four months while the real worry went on.",
        "Update the assessment to include everyone who lives in the home",
    ),
    "risk": Words(
        "The pattern was seen early, named plainly to the parents, and the safety plan was tested on a real weekend.",
        "Each incident was answered by itself; nobody put the four together, and the safety plan relies on promises.",
        "strategy discussion; safety plan; police reports of the last six months",
        "He has been safe at contact since the plan was changed, and knows whom to ring.",
        "She was in the house during two further incidents before anything changed.",
        "Agree with the family what a safe weekend looks like, and who checks it",
    ),
    "voice": Words(
        "She was seen alone at nearly every visit; her own words are in the plan and changed where contact happens.",
        "He is usually seen, but what he says is summed up as “happy and settled” and changed nothing.",
        "visits of the last six months; direct work sheets; child’s section of the plan",
        "She says the new arrangement was her idea, and she goes to it willingly.",
        "He told two people that he did not want to stay there, and he stayed there.",
        "See the child alone at each visit and use the child’s own words in the plan",
    ),
    "planning": Words(
        "The plan says what will be different, by when and how anyone would know, and it was changed when it stalled.",
        "Actions are activities without dates, most are “ongoing”, and there is nothing for when they do not work.",
        "current plan; last two plan reviews",
        "Three of the five things in the plan are done, and he is back at school full time.",
        "Nothing in the plan has changed for her since March.",
        "Rewrite the plan with dates and with what will be different for the child",
    ),
    "visits": Words(
        "Visits were as often as the plan asked, with purpose, and the worksheets show a relationship.",
        "Two visits were missed and four were short; no direct work is recorded.",
        "visiting record; direct work folder",
        "He asks when the worker is coming and has shown her his room.",
        "Nobody had been in her bedroom for five months.",
        "Do direct work with the child on what a good day at home looks like",
    ),
    "family": Words(
        "Father and both grandmothers were brought in, told the truth kindly, and made a plan of their own.",
        "The father is “not engaged” because nobody wrote to him; the aunt who offered help was not called back.",
        "family meeting notes; letters; network map",
        "He stays with his aunt at weekends, which he asked for.",
        "She lost touch with the grandmother who had looked after her.",
        "Find and meet the father and agree what part he will play",
    ),
    "partners": Words(
        "School, health visitor and police were in the room, said what they knew, and did what they promised.",
        "The school was not invited and the health report was not read before the decision.",
        "core group minutes; school and health reports",
        "School and home now say the same thing to her in the morning.",
        "The school excluded him in the week the plan relied on it.",
        "Invite the school to the next meeting and agree who tells whom",
    ),
    "identity": Words(
        "The record knows who he is: faith, language, disability and what matters to him, and help was shaped by it.",
        "Her heritage is a box that was ticked; the interpreter was her older brother.",
        "assessment, identity section; visits with interpreter",
        "He was placed where he can go to the mosque with his uncle.",
        "She could not say what she wanted in front of her brother.",
        "Book a professional interpreter and ask the child what matters to them",
    ),
    "oversight": Words(
        "Supervision was monthly and reflective, and the manager’s decisions can be followed to what was done.",
        "Supervision was missed twice and repeats the case summary; a decision of May was not followed up.",
        "supervision record of the last six months; management decisions",
        "The drift of the summer was seen in one supervision and ended in the next week.",
        "The plan drifted for eleven weeks and nobody asked.",
        "Hold the missed supervision and follow the decision of May through",
    ),
    "permanence": Words(
        "There is a plan for where he will grow up and a second one beside it, with dated steps that were kept.",
        "There is one hope and no second plan; the matching date moved three times without a reason.",
        "permanence planning minutes; care plan; matching timetable",
        "She knows where she will live and calls it home.",
        "He asked three adults in a month whether he was moving again.",
        "Make a second permanence plan and date its steps",
    ),
    "reviewing": Words(
        "The review tested whether life had changed, heard her before the meeting, and its challenge was answered.",
        "The review noted progress that is not in the record, and nobody checked the actions of the last one.",
        "last two review records; reviewing officer’s notes",
        "Her wish about contact was in the plan by the next week.",
        "The action she cared about most was carried over for the third time.",
        "Check the last review’s actions and tell the child what came of each",
    ),
}

WHY = {
    4: "Outstanding and not Good, because it changed what others decided and the family says so.",
    3: "Good and not Outstanding, because it is sound throughout but did not go further than it had to.",
    2: "Not Good, because it holds for part of the period only and the reader has to work out why.",
    1: "Inadequate, because someone relying on this record could make an unsafe decision.",
}

OVERALL = {
    4: "Life is plainly better for this child because of what was done, and the record shows how.",
    3: "The practice was sound and this child is safer and more settled than six months ago.",
    2: "The child was kept safe in the end, but help was slow and too much depended on one person.",
    1: "The main worry was not acted on for weeks, and nobody can show that this child was safe.",
}

REFLECTIONS = (
    "I was pleased that the direct work was seen. I knew the chronology had slipped; I have blocked an hour a week.",
    "Looking back, I waited too long to bring the father in. I would ring him in the first week now.",
    "The grade is fair. The caseload in the summer was high and I let the recording go.",
    "It helped to talk it through. I had not seen how the four incidents looked from outside.",
)

MODERATOR = {
    "confirm": "The evidence is where the auditor says it is, and the grade follows from it.",
    "change": "The record does not show this for the last three months, and those were the ones to be judged.",
    "return": "Say where in the record this can be found, and what it changed for the child.",
}

DISPUTE = (
    "The entries of the last three months are there: visits of the 4th and the 19th and the core group. "
    "The moderator looked at the plan only."
)
