"""Programs as values, as text and on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.fuzz.generator import Series
from harness.fuzz.interpreter.nodes import Node, Numbering
from harness.fuzz.interpreter.statements import STATEMENTS as RUN
from harness.fuzz.kinds import Profile
from harness.fuzz.language import Program, last_instant, size, task_count, to_wire, walk
from harness.fuzz.legality import is_legal
from harness.fuzz.shrinker import candidates, shrink
from harness.fuzz.specification.plan import Plan, Step, make_plan
from harness.fuzz.specification.statements import EXECUTE
from harness.fuzz.statements import STATEMENTS, Group, Receive, Scope, Send, Sleep, Statement
from harness.fuzz.text import read_program, write_program

TEXT = """\
streams 0 2
group                                   # 0
  child
    send stream=1                       # 1
  body
    scope deadline=2                    # 2
      receive stream=1                  # 3
"""

PROGRAM = Program((Group(children=((Send(1),),), body=(Scope(2, body=(Receive(1),)),)),), (0, 2))


def programs() -> st.SearchStrategy[Program]:
    series = st.builds(Series, st.integers(0, 2**64), st.sampled_from(Profile), st.integers(2, 30))
    return st.builds(Series.program, series, st.integers(0, 2**32))


def test_a_program_is_written_with_a_line_for_each_statement() -> None:
    assert write_program(PROGRAM) == TEXT


def test_a_text_may_leave_out_what_is_usual() -> None:
    assert read_program("sleep") == Program((Sleep(1),))


@given(programs())
def test_every_program_is_read_as_it_was_written(program: Program) -> None:
    assert read_program(write_program(program)) == program


@given(programs())
def test_every_generated_program_is_legal_and_so_is_every_smaller_one(program: Program) -> None:
    assert is_legal(program)
    assert all(map(is_legal, candidates(program)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dance", "is no statement"),
        ("sleep until=x", "a number from 0"),
        ("sleep until", "a number follows its name"),
        ("sleep soon=1", "it may have until"),
        ("scope shield=1", "a switch stands alone"),
        ("   sleep", "indented by 3"),
        ("sleep\n  sleep", "indented more deeply"),
        ("group\n  sleep", "does not belong here"),
        ("group\n  body\n  body", "does not belong here"),
        ("streams 0", "must name 2 capacities"),
        ("streams 0 9", "must name 2 capacities"),
        ("sleep until=99999999", "a number from 0"),
    ],
)
def test_a_text_that_is_no_program_is_refused_with_its_line(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=f"line .*{why}"):
        read_program(text)


@given(st.text())
def test_any_text_is_a_program_or_bad_input(text: str) -> None:
    try:
        program = read_program(text)
    except BadInput:
        return
    assert read_program(write_program(program)) == program


def numbered(steps: tuple[Step, ...]) -> list[tuple[str, int, tuple[int, ...]]]:
    found = []
    for step in steps:
        keyword = next(word for word, kind in STATEMENTS.items() if kind is step.kind)
        found.append((keyword, step.number, step.tasks))
        for child in step.children:
            found += numbered(child)
        found += [*numbered(step.body), *numbered(step.cleanup)]
    return found


def numbered_nodes(nodes: list[Node]) -> list[tuple[str, int, tuple[int, ...]]]:
    found = []
    for node in nodes:
        found.append((node.keyword, node.number, tuple(node.tasks)))
        for field in node.fields:
            if isinstance(field, list):
                for inner in field if field and isinstance(field[0], list) else [field]:
                    found += numbered_nodes(inner)
    return found


@given(programs())
def test_specification_and_interpreter_number_statements_and_tasks_alike(program: Program) -> None:
    plan: Plan = make_plan(program)
    nodes = Numbering().block(to_wire(program.body))
    assert numbered(plan.body) == numbered_nodes(nodes)
    assert [number for _, number, _ in numbered(plan.body)] == [*range(size(program))]
    assert len(plan.task_scopes) == task_count(program)


def test_every_statement_can_be_run_and_judged() -> None:
    assert set(RUN) == set(STATEMENTS)
    assert set(EXECUTE) == set(STATEMENTS.values())


@given(programs())
def test_shrinking_ends_with_the_least_that_still_fails(program: Program) -> None:
    kinds = {type(statement) for statement in walk(program.body)}
    kind: type[Statement] = min(kinds, key=lambda one: one.__name__) if kinds else Sleep

    def has_it(candidate: Program) -> bool:
        return any(isinstance(statement, kind) for statement in walk(candidate.body))

    smallest = shrink(program, has_it, most=10_000)
    if has_it(program):
        assert size(smallest) == 1
        assert last_instant(smallest) <= 1
    else:
        assert smallest == program
