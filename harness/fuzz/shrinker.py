"""Makes a program smaller for as long as it still shows what it was found for.

Structural: a statement is dropped, a part takes the place of the whole, a child is dropped, numbers get
lower, switches go off. Each result is a program, because every part of a program is.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import chain

from harness.fuzz.language import Program, blocks_of, numbers_of, size
from harness.fuzz.legality import is_legal
from harness.fuzz.statements import Block, Gather, Group, Sleep, Statement

_SMALL = 12
"""Statements up to which two steps are taken at once."""

MOST_RUNS = 600
"""Programs that are tried at most for one finding."""


def shrink(program: Program, still_fails: Callable[[Program], bool], most: int = MOST_RUNS) -> Program:
    """The smallest program found that still fails, in at most so many tries."""
    tried = {program}
    budget = most
    smaller: Program | None = program
    while smaller is not None:
        program, smaller = smaller, None
        for candidate in chain(candidates(program), two_steps(program)):
            if candidate in tried:
                continue
            if budget == 0:
                return program
            tried.add(candidate)
            budget -= 1
            if still_fails(candidate):
                smaller = candidate
                break
    return program


def two_steps(program: Program) -> Iterator[Program]:
    """Programs that are two steps smaller: statements that only make sense together are dropped together."""
    if size(program) <= _SMALL:
        for candidate in candidates(program):
            if size(candidate) < size(program):
                yield from (smaller for smaller in candidates(candidate) if size(smaller) < size(candidate))


def candidates(program: Program) -> Iterator[Program]:
    """Every legal program that is one step smaller, those that are much smaller first."""
    blocks = sorted(smaller_blocks(program.body), key=_block_size)
    for block in blocks:
        candidate = replace(program, body=block)
        if is_legal(candidate):
            yield candidate
    for index, capacity in enumerate(program.capacities):
        if capacity:
            lower = (*program.capacities[:index], 0, *program.capacities[index + 1 :])
            yield replace(program, capacities=lower)


def _block_size(block: Block) -> int:
    return size(Program(block))


def smaller_blocks(block: Block) -> Iterator[Block]:
    """A block with one of its statements gone, replaced by what is in it, or made smaller itself."""
    half = len(block) // 2
    if half > 1:
        yield block[:half]
        yield block[half:]
    for index, statement in enumerate(block):
        before, after = block[:index], block[index + 1 :]
        yield (*before, *after)
        for inner in _parts(statement):
            yield (*before, *inner, *after)
        for other in smaller_statements(statement):
            yield (*before, other, *after)


def _parts(statement: Statement) -> Iterator[Block]:
    """The blocks in a statement, each of which can take its place."""
    for name in blocks_of(type(statement)):
        value = getattr(statement, name)
        for block in value if name == "children" else (value,):
            if block:
                yield block


def smaller_statements(statement: Statement) -> Iterator[Statement]:
    """A statement with one of its parts or fields made smaller."""
    if isinstance(statement, Group | Gather):
        yield from _with_fewer_children(statement)
    for name in blocks_of(type(statement)):
        if name != "children":
            for block in smaller_blocks(getattr(statement, name)):
                yield replace(statement, **{name: block})
    yield from _with_lower_numbers(statement)


def _with_fewer_children(statement: Group | Gather) -> Iterator[Statement]:
    children = statement.children
    for index, child in enumerate(children):
        yield replace(statement, children=(*children[:index], *children[index + 1 :]))
        for smaller in smaller_blocks(child):
            yield replace(statement, children=(*children[:index], smaller, *children[index + 1 :]))


def _with_lower_numbers(statement: Statement) -> Iterator[Statement]:
    for field in fields(statement):
        if field.name not in numbers_of(type(statement)):
            continue
        value = getattr(statement, field.name)
        lowest = 1 if isinstance(statement, Sleep) else 0
        if value is True:
            yield replace(statement, **{field.name: False})
        elif value is not False:
            for lower in sorted({lowest, value - 1}):
                if lowest <= lower < value:
                    yield replace(statement, **{field.name: lower})
