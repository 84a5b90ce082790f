"""Links of the days of the class: signatures, roll call, absence."""

from datetime import date

from kernel.dates import roc
from ohs_training.selectors.chain import ClassChain
from ohs_training.selectors.links.link import BAD, DUE, GOOD, Link, figure_of


def during_links(chain: ClassChain, state: str, *, on: date) -> list[Link]:
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
                figure_of(lines),
                None,
                "ohs_training:absence",
                lines,
            )
        )
    return links
