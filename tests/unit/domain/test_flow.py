"""Flows against cuts, and the least cost against every flow of small networks."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.flow import Network

NODES = 5
arcs_of = st.lists(
    st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1), st.integers(0, 3), st.integers(0, 2)).filter(
        lambda arc: arc[0] != arc[1]
    ),
    max_size=7,
)


def filled(arcs):
    network = Network()
    for _node in range(NODES):
        network.node()
    numbers = [network.arc(*arc) for arc in arcs]
    total = network.fill(0, NODES - 1)
    return network, numbers, total


def smallest_cut(arcs):
    inner = range(1, NODES - 1)
    sides = [{0, *side} for size in range(NODES - 1) for side in itertools.combinations(inner, size)]
    return min(sum(c for tail, head, c, _ in arcs if tail in side and head not in side) for side in sides)


def surplus(arcs, flows):
    net = [0] * NODES
    for (tail, head, _capacity, _cost), flow in zip(arcs, flows, strict=True):
        net[tail] -= flow
        net[head] += flow
    return net


@given(arcs_of)
def test_the_most_is_the_smallest_cut(arcs):
    network, numbers, total = filled(arcs)
    flows = [network.flow(number) for number in numbers]
    assert total == smallest_cut(arcs)
    assert all(0 <= flow <= capacity for flow, (_, _, capacity, _) in zip(flows, arcs, strict=True))
    assert surplus(arcs, flows) == [-total, *[0] * (NODES - 2), total]
    side = network.reached(0)
    assert sum(capacity for tail, head, capacity, _ in arcs if tail in side and head not in side) == total


@given(arcs_of)
def test_no_flow_of_the_same_size_costs_less(arcs):
    network, numbers, total = filled(arcs)
    every = itertools.product(*(range(capacity + 1) for _, _, capacity, _ in arcs))
    wanted = [-total, *[0] * (NODES - 2), total]
    prices = [cost for *_, cost in arcs]
    least = min(sum(map(int.__mul__, flows, prices)) for flows in every if surplus(arcs, flows) == wanted)
    assert sum(network.flow(number) * price for number, price in zip(numbers, prices, strict=True)) == least


def test_nothing_flows_where_no_way_leads():
    network, _numbers, total = filled([(0, 1, 3, 0), (2, 4, 3, 0)])
    assert total == 0
    assert network.reached(0) == {0, 1}
