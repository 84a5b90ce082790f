"""The agency's five branches and the 22 counties, as public sources print them; officers keep them current in the register.

Telephone, fax and area: 產業人才投資方案 questions and answers, table of the branches. Address of 雲嘉南分署: the account pack, p.1.
County codes: the government's list of administrative areas.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    code: str
    short_name: str
    phone: str
    fax: str
    counties: tuple[tuple[str, str], ...]
    postal_code: str = ""
    address: str = ""

    @property
    def name(self) -> str:
        return f"勞動部勞動力發展署{self.short_name}"


AGENCY = ("WDA", "勞動部勞動力發展署", "本署")
BRANCHES = (
    Branch(
        "WDA-TKYHKM",
        "北基宜花金馬分署",
        "02-89956399#1365",
        "02-89956378",
        (
            ("65000", "新北市"),
            ("63000", "臺北市"),
            ("10002", "宜蘭縣"),
            ("10015", "花蓮縣"),
            ("10017", "基隆市"),
            ("09020", "金門縣"),
            ("09007", "連江縣"),
        ),
    ),
    Branch(
        "WDA-THMR",
        "桃竹苗分署",
        "03-4855368#1331",
        "03-4752584",
        (("68000", "桃園市"), ("10004", "新竹縣"), ("10018", "新竹市"), ("10005", "苗栗縣")),
    ),
    Branch(
        "WDA-TCNR",
        "中彰投分署",
        "04-23592181#1508",
        "04-23590893",
        (("66000", "臺中市"), ("10007", "彰化縣"), ("10008", "南投縣")),
    ),
    Branch(
        "WDA-YCT",
        "雲嘉南分署",
        "06-6985945#1422",
        "06-6985941",
        (("67000", "臺南市"), ("10009", "雲林縣"), ("10010", "嘉義縣"), ("10020", "嘉義市")),
        "720201",
        "臺南市官田區工業路40號",
    ),
    Branch(
        "WDA-KPPTR",
        "高屏澎東分署",
        "07-8210171#2803",
        "07-8212100",
        (("64000", "高雄市"), ("10013", "屏東縣"), ("10014", "臺東縣"), ("10016", "澎湖縣")),
    ),
)
