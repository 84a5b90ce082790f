"""The class as one chain: each link green, red or still to come, with its clause, its figure and the next day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from casework.kernel.dates import roc
from casework.kernel.law import Law
from casework.kernel.outcome import Line, Outcome
from casework.models import Deadline
from ohs_training.models import Certificate, TrainingClass
from ohs_training.rules import keeping
from ohs_training.selectors.chain import ClassChain
from ohs_training.selectors.classes import filing_outcomes, live_trainees, unfiled

GOOD, BAD, DUE, INFO = "good", "bad", "todo", "info"


@dataclass(frozen=True, slots=True)
class Link:
    """`page`: the URL name where it is mended; `lines`: what the rules said."""

    code: str
    label: str
    state: str
    text: str
    clause: str
    figure: str = ""
    due: date | None = None
    page: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def word(self) -> str:
        return {GOOD: "符合", BAD: "不符合", DUE: "待辦", INFO: "說明"}[self.state]


def _figure(lines: Sequence[Line]) -> str:
    for line in lines:
        if line.comparison:
            return line.comparison
    return ""


def _judged(
    code: str, label: str, outcome: Outcome, *, page: str, due: date | None = None, good: str = "", later: bool = False
) -> Link:
    state = GOOD if outcome.met else (DUE if later else BAD)
    lines = outcome.refusals or outcome.lines
    text = good if outcome.met and good else outcome.sentence
    clause = lines[0].citation if lines else ""
    return Link(code, label, state, text, clause, _figure(lines), due, page, tuple(outcome.lines))


def class_links(chain: ClassChain, *, on: date, law: Law, deadlines: Sequence[Deadline]) -> list[Link]:
    """Every link in order. One query each for filing's parts; the people's part is in `chain` already."""
    training_class = chain.training_class
    state = training_class.case.state
    due = {
        one.code.removeprefix("ohs_training."): one.due_on
        for one in deadlines
        if one.met_at is None and one.withdrawn_at is None
    }
    return [
        *_before(training_class, chain, state, due, on=on, law=law),
        *_attending(chain, state, on=on),
        *_after(chain, state, due, on=on, law=law),
    ]


def _before(
    training_class: TrainingClass, chain: ClassChain, state: str, due: dict[str, date], *, on: date, law: Law
) -> list[Link]:
    planning = state in ("draft", "returned")
    accreditation = training_class.accreditation
    holds = accreditation.starts_on <= training_class.starts_on and training_class.ends_on <= accreditation.ends_on
    held = holds and accreditation.state == accreditation.State.IN_FORCE
    span = f"{roc(accreditation.starts_on)} 至 {roc(accreditation.ends_on)}"
    found = [
        Link(
            "accreditation", "認可", GOOD if held else BAD,
            f"認可期間 {span}" if held else f"{accreditation.get_state_display()}（{span}）", "要點五", "", accreditation.ends_on,
            "ohs_training:home",
        ),
    ]  # fmt: skip
    outcomes = {
        one.rule: one for one in filing_outcomes(training_class, on=on, law=law, filed_on=training_class.filed_on or on)
    }
    found.append(_judged("kind", "訓練類別及對象", outcomes["OHS-01"], page="ohs_training:plan"))
    found.append(
        _judged(
            "timetable",
            "課程表及講師",
            outcomes["OHS-21"],
            page="ohs_training:timetable",
            later=planning,
            good=f"課程 {len(chain.rows)} 列，無重疊",
        )
    )
    if "OHS-03" in outcomes:
        found.append(
            _judged("categories", "課程類別時數", outcomes["OHS-03"], page="ohs_training:timetable", later=planning)
        )
    count = live_trainees(training_class).count()
    found.append(
        _judged(
            "roster",
            "受訓人員名冊",
            outcomes["OHS-19"],
            page="ohs_training:roster",
            later=planning,
            good=f"名冊 {count} 人，資格均已查核",
        )
    )
    found.append(_judged("head_count", "受訓人數", outcomes["OHS-07"], page="ohs_training:roster", later=planning))
    filing = outcomes["OHS-06"]
    if planning:
        late = filing.met is False
        text = filing.sentence if late else f"最遲 {roc(date.fromisoformat(filing.result['file_by']))} 報備"
        found.append(
            Link(
                "filing",
                "報備",
                BAD if late else DUE,
                text,
                "要點六第1項",
                _figure(filing.lines),
                date.fromisoformat(filing.result["file_by"]),
                "ohs_training:class",
                filing.lines,
            )
        )
    else:
        text = f"{roc(training_class.filed_on)} 報備" if training_class.filed_on else "已報備"
        found.append(
            Link(
                "filing",
                "報備",
                GOOD,
                text,
                "要點六第1項",
                _figure(filing.lines),
                None,
                "ohs_training:versions",
                filing.lines,
            )
        )
    if state in ("filed", "acknowledged") and (changes := unfiled(training_class)):
        found.append(
            Link(
                "change",
                "變動",
                BAD,
                f"有 {len(changes)} 項變動尚未報備",
                "要點六第2項",
                "",
                due.get("change_by"),
                "ohs_training:versions",
            )
        )
    if training_class.acknowledgement:
        found.append(
            Link(
                "acknowledged",
                "備查文號",
                GOOD,
                training_class.acknowledgement,
                "要點六第1項、九第1款",
                "",
                None,
                "ohs_training:class",
            )
        )
    else:
        found.append(
            Link("acknowledged", "備查文號", DUE, "尚待地方主管機關備查", "要點六第1項", "", None, "ohs_training:class")
        )
    return found


def _attending(chain: ClassChain, state: str, *, on: date) -> list[Link]:
    if state in ("draft", "filed", "returned", "acknowledged", "cancelled"):
        return [
            Link(
                "attendance",
                "簽到退",
                DUE,
                f"{roc(chain.training_class.starts_on)} 開訓",
                "要點七第1項",
                "",
                chain.training_class.starts_on,
                "ohs_training:attendance",
            )
        ]
    judged = {key for line in chain.lines if line.chain for key in line.chain.periods}
    truant = sum(
        o.result["status"] == "truant" for line in chain.lines if line.chain for o in line.chain.periods.values()
    )
    links = [
        Link(
            "attendance", "簽到退", GOOD if not truant else BAD,
            f"已過 {len(judged)}／{len(chain.periods)} 時段" + (f"，曠課 {truant} 人次" if truant else ""), "要點七第1項、附表八", "", None,
            "ohs_training:attendance",
        )
    ]  # fmt: skip
    days = {p.day for p in chain.periods if p.day <= on}
    called = {s.day for line in chain.lines for s in line.facts.signatures if s.answered is not None}
    left = sorted(days - called)
    state_of = GOOD if not left else (DUE if left == [on] else BAD)
    links.append(
        Link(
            "roll_call",
            "點名",
            state_of,
            f"已點名 {len(days & called)}／{len(days)} 日"
            + (f"，缺 {'、'.join(roc(d) for d in left)}" if left else ""),
            "附表八附註四",
            "",
            None,
            "ohs_training:roll_call",
        )
    )
    red = [line for line in chain.lines if line.chain and line.chain.absence.met is False]
    if chain.training_class.professional:
        names = "、".join(str(line.trainee) for line in red[:5])
        lines = tuple(one for line in red for one in line.chain.absence.refusals)  # type: ignore[union-attr]
        links.append(
            Link(
                "absence",
                "缺課、退訓、補課",
                BAD if red else GOOD,
                f"{len(red)} 人：{names}" if red else "無應退訓或補課而未補之人員",
                lines[0].citation if lines else "要點七第2項",
                _figure(lines),
                None,
                "ohs_training:absence",
                lines,
            )
        )
    return links


def _after(chain: ClassChain, state: str, due: dict[str, date], *, on: date, law: Law) -> list[Link]:
    training_class = chain.training_class
    over = state in ("ended", "examined", "issued", "reported", "closed")
    found: list[Link] = []
    people = [line for line in chain.lines if line.chain]
    if training_class.professional:
        passed = [x for x in people if x.chain.exam and x.chain.exam.result["passed"]]  # type: ignore[union-attr]
        sat = [x for x in people if x.sittings]
        failed = [x for x in sat if x not in passed]
        lines = tuple(one for x in failed for one in x.chain.exam.refusals)  # type: ignore[union-attr]
        text = f"應試 {len(sat)} 人，合格 {len(passed)} 人" + (f"，待補考 {len(failed)} 人" if failed else "")
        exam_state = DUE if not sat else (BAD if failed else GOOD)
        mark = law.at("ohs.pass_mark", training_class.ends_on)
        found.append(
            Link(
                "exam",
                "測驗",
                exam_state,
                text if sat else "由地方主管機關會同衛生主管機關辦理",
                "要點八",
                f"≥ {mark.value} 分",
                due.get("resit"),
                "ohs_training:class",
                lines,
            )
        )
        approved = sum(x.trainee.report_approved_on is not None for x in people)
        found.append(
            Link(
                "practice",
                "實習及報告",
                GOOD if people and approved == len(people) else (BAD if over else DUE),
                f"報告審核通過 {approved}／{len(people)} 人",
                "要點九第1款",
                "",
                None,
                "ohs_training:practice",
            )
        )
    barred = [x for x in people if x.chain.grounds.met is False]  # type: ignore[union-attr]
    lines = tuple(one for x in barred for one in x.chain.grounds.refusals)  # type: ignore[union-attr]
    text = "；".join(f"{x.trainee}：{'、'.join(one.text for one in x.chain.grounds.refusals)}" for x in barred[:5])  # type: ignore[union-attr]
    found.append(
        Link(
            "grounds",
            "不得發證事由",
            (BAD if barred else GOOD) if over else DUE,
            text if over and barred else ("無" if over else "結訓後認定"),
            lines[0].citation if over and lines else "要點十三",
            _figure(lines) if over else "",
            None,
            "ohs_training:class",
            lines if over else (),
        )
    )
    issued = [x for x in people if x.certificate]
    waiting = [x for x in people if x.qualifies and not x.certificate]
    name = "結業證書" if training_class.professional else "在職教育訓練證明"
    issue_due = due.get("certify") or _paper_due(people)
    late = bool(waiting) and issue_due is not None and on > issue_due
    days = law.at("ohs.certificate_days", training_class.ends_on)
    found.append(
        Link(
            "certificates", f"發給{name}", BAD if late else (DUE if waiting or not over or not issued else GOOD),
            f"已發 {len(issued)} 份" + (f"，可發 {len(waiting)} 份" if waiting else "") + ("，已逾期限" if late else ""),
            days.citation if training_class.professional else "要點九第2款",
            f"結訓後 {days.value} 日內" if training_class.professional else "結訓當日", issue_due if waiting or not issued else None,
            "ohs_training:certificates",
        )
    )  # fmt: skip
    found += _reports(training_class, state, due, over, on=on, law=law)
    return found


def _paper_due(people: Sequence) -> date | None:
    for line in people:
        paper = line.chain.certificate or line.chain.proof
        if paper is not None:
            return date.fromisoformat(paper.result["issue_by"])
    return None


def _reports(
    training_class: TrainingClass, state: str, due: dict[str, date], over: bool, *, on: date, law: Law
) -> list[Link]:
    found = []
    for code, label, clause, figure, done_on in (
        (
            "enter",
            "登錄受訓資料",
            "要點九第3款",
            law.at("ohs.entry_after_days", training_class.ends_on).value,
            training_class.entered_on,
        ),
        (
            "register",
            "登錄核發清冊並函報",
            "要點十第2項",
            law.at("ohs.register_days", training_class.ends_on).value,
            training_class.registered_on,
        ),
    ):
        if figure is None:
            found.append(Link(code, label, INFO, "修正前要點無此規定", clause))
            continue
        day = due.get(code)
        late = done_on is None and day is not None and on > day
        text = f"{roc(done_on)} 登錄" if done_on else ("已逾期限" if late else ("尚未登錄" if over else "結訓後辦理"))
        found.append(
            Link(
                code,
                label,
                GOOD if done_on else (BAD if late else DUE),
                text,
                clause,
                f"結訓後 {figure} 日內",
                None if done_on else day,
                "ohs_training:class",
            )
        )
    if state in ("reported", "closed"):
        done = training_class.report_acknowledgement
        found.append(
            Link(
                "closed",
                "函報備查",
                GOOD if done else DUE,
                done or "尚待地方主管機關備查",
                "要點十第2項",
                "",
                None,
                "ohs_training:class",
            )
        )
    paid = list(training_class.payments.values_list("amount", "receipt"))
    spent = list(training_class.spendings.values_list("item", "amount"))
    fees = keeping.fees(
        keeping.FeesFacts(
            tuple(keeping.Payment(a, r) for a, r in paid), tuple(keeping.Spending(i, a) for i, a in spent)
        ),
        on=on,
        law=law,
    )
    found.append(
        _judged(
            "fees",
            "收費及收支",
            fees,
            page="ohs_training:fees",
            good=f"收入 {fees.result['income']:,} 元，支出 {fees.result['spending']:,} 元",
        )
    )
    years = law.at("ohs.retention_years", training_class.ends_on)
    kept = keeping.retention(keeping.RecordFacts("sign_in", training_class.ends_on), on=on, law=law)
    found.append(
        Link(
            "keeping",
            "資料保存",
            INFO,
            f"至少保存至 {roc(date.fromisoformat(kept.result['keep_until']))}",
            years.citation,
            f"{years.value} 年",
            None,
            "ohs_training:records",
        )
    )
    return found


def total_hours(chain: ClassChain) -> Decimal:
    return sum((row.hours for row in chain.rows), Decimal(0))


def certificates_of(national_id_index: str) -> list[Certificate]:
    """A person's own certificates and proofs."""
    rows = Certificate.objects.filter(trainee__national_id_index=national_id_index).select_related(
        "trainee__training_class__accreditation__organisation", "document"
    )
    return list(rows.defer("document__context", "outcomes").order_by("-issued_on"))
