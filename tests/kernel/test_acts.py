"""Tables of states: what is refused when a table is written, and what an act may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kernel.acts import Act, Acts, NotAllowed, State, Turn

DRAFT = State("draft", "草稿", Turn.APPLICANT)
FILED = State("filed", "已送件", Turn.OFFICE)
DONE = State("done", "已核准", Turn.NOBODY, "good", final=True)
FILE = Act("file", "送件", "draft → filed", "t.file_paper")
RETURN = Act("send_back", "退回補正", "filed → draft", "t.review_paper", reason=True)
APPROVE = Act("approve", "核准", "filed → done", "t.review_paper")
PAPER = Acts("t.paper", (DRAFT, FILED, DONE), (FILE, RETURN, APPROVE))


def test_every_state_and_act() -> None:
    allowed = {(s.code, t.code): t.target for s in PAPER.states for t in PAPER.moves if s.code in t.sources}
    assert allowed == {("draft", "file"): "filed", ("filed", "send_back"): "draft", ("filed", "approve"): "done"}
    for state in PAPER.states:
        for act in PAPER.moves:
            if (state.code, act.code) in allowed:
                assert PAPER.move(state.code, act.code).code == allowed[state.code, act.code]
            else:
                with pytest.raises(NotAllowed, match=f"「{state.label}」.*「{act.label}」"):
                    PAPER.move(state.code, act.code)


def test_what_can_be_done_from_a_state() -> None:
    assert list(PAPER.from_state("filed")) == [RETURN, APPROVE]
    assert list(PAPER.from_state("done")) == []
    assert PAPER.state("filed").turn is Turn.OFFICE
    assert PAPER.act("send_back").reason


@pytest.mark.parametrize(
    ("states", "acts", "message"),
    [
        ((DRAFT, DRAFT), (), "twice"),
        ((DRAFT, FILED), (FILE, FILE), "twice"),
        ((DRAFT, FILED), (), "unreachable"),
        ((DRAFT,), (FILE,), "unknown state"),
        ((DRAFT, FILED, DONE), (FILE, APPROVE, Act("reopen", "重開", "done → draft", "t.x")), "final"),
        ((FILED, DONE), (), "unreachable"),
        ((DRAFT, replace(FILED, awaits="t.file_paper"), DONE), (FILE, APPROVE), "waits for t.file_paper"),
    ],
)
def test_a_table_that_cannot_work_is_refused(states: tuple[State, ...], acts: tuple[Act, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Acts("t.paper", states, acts)


def test_an_act_that_leads_nowhere_is_refused_and_one_that_stays_is_not() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        Act("approve", "核准", "filed →", "t.review_paper")
    note = Act("note", "註記", "filed", "t.review_paper")
    table = Acts("t.paper", (DRAFT, FILED, DONE), (FILE, APPROVE, note))
    assert table.move("filed", "note") is FILED and note not in table.from_state("filed")


def test_the_diagram_names_every_state_and_act() -> None:
    drawn = PAPER.diagram()
    assert drawn.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert all(f'state "{s.label} {s.code}" as {s.code}' in drawn for s in PAPER.states)
    assert "    filed --> draft: 退回補正\n" in drawn
    assert drawn.endswith("    done --> [*]\n")
