"""Links after the last day: exam, practice, grounds of 十三, certificates, registers, account, keeping."""

from collections.abc import Sequence
from datetime import date

from kernel.dates import roc
from kernel.law import Law
from ohs_training.models import TrainingClass
from ohs_training.rules import keeping
from ohs_training.selectors.chain import ClassChain
from ohs_training.selectors.links.link import BAD, DUE, GOOD, INFO, Link, figure_of, judged


def after_links(chain: ClassChain, state: str, due: dict[str, date], *, on: date, law: Law) -> list[Link]:
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
            figure_of(lines) if over else "",
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
    found += reports(training_class, state, due, over, on=on, law=law)
    return found


def _paper_due(people: Sequence) -> date | None:
    for line in people:
        paper = line.chain.certificate or line.chain.proof
        if paper is not None:
            return date.fromisoformat(paper.result["issue_by"])
    return None


def reports(
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
        judged(
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
