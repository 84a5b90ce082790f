"""Links up to the first day: accreditation, plan, timetable, roster, filing, the county's number."""

from datetime import date

from kernel.dates import roc
from kernel.law import Law
from ohs_training.models import TrainingClass
from ohs_training.selectors.chain import ClassChain
from ohs_training.selectors.classes import PLANNED, change_pending, filing_outcomes, live_trainees, named, unfiled
from ohs_training.selectors.links.link import BAD, DUE, GOOD, Link, figure_of, judged


def before_links(
    training_class: TrainingClass, chain: ClassChain, state: str, due: dict[str, date], *, on: date, law: Law
) -> list[Link]:
    planning = state in PLANNED
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
    found.append(judged("kind", "訓練類別及對象", outcomes["OHS-01"], page="ohs_training:plan"))
    found.append(
        judged(
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
            judged("categories", "課程類別時數", outcomes["OHS-03"], page="ohs_training:timetable", later=planning)
        )
    count = live_trainees(training_class).count()
    found.append(
        judged(
            "roster",
            "受訓人員名冊",
            outcomes["OHS-19"],
            page="ohs_training:roster",
            later=planning,
            good=f"名冊 {count} 人，資格均已查核",
        )
    )
    found.append(judged("head_count", "受訓人數", outcomes["OHS-07"], page="ohs_training:roster", later=planning))
    filing = outcomes["OHS-06"]
    if planning:
        late = filing.met is False
        text = filing.sentence if late else f"最遲 {roc(date.fromisoformat(filing.result['file_by']))} 報備"
        if state == "returned" and training_class.filed_on and not late:
            text = f"{roc(training_class.filed_on)} 收件，經退回補正；補正後再報備，仍以該日認定"
        found.append(
            Link(
                "filing",
                "報備",
                BAD if late else DUE,
                text,
                "要點六第1項",
                figure_of(filing.lines),
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
                figure_of(filing.lines),
                None,
                "ohs_training:versions",
                filing.lines,
            )
        )
    if state not in (*PLANNED, "cancelled"):
        found += _changes(training_class, due)
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


def _changes(training_class: TrainingClass, due: dict[str, date]) -> list[Link]:
    """六第2項: what stands otherwise than filed, and what was filed later than the first version. Red stays red after the first
    day: whether it falls under 十四(九) is for the authorities to say."""

    def link(code: str, label: str, tone: str, text: str, until: date | None = None) -> Link:
        return Link(code, label, tone, text, "要點六第2項", "", until, "ohs_training:versions")

    found = []
    versions = list(training_class.versions.select_related("answer"))
    for one in reversed(versions):
        if one.late and one.change_by:
            text = f"第 {one.number} 版於 {roc(one.received)} 始報備，期限為 {roc(one.change_by)}"
            found.append(link(f"late_{one.number}", "逾期變動", BAD, text))
    last = versions[0] if versions else None
    if last is not None and last.change_by:
        tone = BAD if last.returned else GOOD if last.answered else DUE
        text = f"第 {last.number} 版 {roc(last.received)} 收件，{last.said}"
        if change_pending(training_class.case, last):
            text += "；不影響開訓及上課"
        found.append(link("change_filed", "變動報備", tone, text))
    if changes := unfiled(training_class):
        text = f"有 {len(changes)} 項變動尚未報備：{named(changes)}"
        found.append(link("change", "變動", BAD, text, due.get("change_by")))
    return found
