"""Offices by the agency's own published list of places, as far as public pages name them; officers keep them current.

A county's authority for employment of older people differs by county (勞動局, 勞工處, 社會處 …).
"""

from senior45.params import OfficeKind

K = OfficeKind

#: (code, name, short name, kind); the first is the group that leads (身特組).
HEADQUARTERS = (
    ("WDA-SP", "勞動部勞動力發展署身心障礙者及特定對象就業組", "身特組", K.HQ_LEAD),
    ("WDA-PL", "勞動部勞動力發展署綜合規劃組", "綜合規劃組", K.HQ_OTHER),
    ("WDA-TR", "勞動部勞動力發展署訓練發展組", "訓練發展組", K.HQ_OTHER),
    ("WDA-ES", "勞動部勞動力發展署就業服務組", "就業服務組", K.HQ_OTHER),
    ("WDA-ST", "勞動部勞動力發展署創業諮詢及輔導組", "創業組", K.HQ_OTHER),
)

#: Branch code → its silver centre, its job centres.
OF_BRANCHES = {
    "WDA-TKYHKM": (
        "北基宜花金馬銀髮人才資源中心",
        ("基隆就業中心", "羅東就業中心", "花蓮就業中心", "金門就業中心", "連江就業中心"),
    ),
    "WDA-THMR": (
        "桃竹苗銀髮人才資源中心",
        ("桃園就業中心", "中壢就業中心", "新竹就業中心", "竹北就業中心", "苗栗就業中心"),
    ),
    "WDA-TCNR": (
        "中彰投銀髮人才資源中心",
        ("臺中就業中心", "豐原就業中心", "沙鹿就業中心", "彰化就業中心", "員林就業中心", "南投就業中心"),
    ),
    "WDA-YCT": (
        "雲嘉南銀髮人才資源中心",
        (
            "斗六就業中心",
            "虎尾就業中心",
            "嘉義就業中心",
            "朴子就業中心",
            "新營就業中心",
            "永康就業中心",
            "臺南就業中心",
        ),
    ),
    "WDA-KPPTR": (
        "高屏澎東銀髮人才資源中心",
        ("鳳山就業中心", "岡山就業中心", "屏東就業中心", "潮州就業中心", "臺東就業中心", "澎湖就業中心"),
    ),
}

#: County code → the bureau (縣市政府中高齡業務單位).
BUREAUS = {
    "65000": "新北市政府勞工局",
    "63000": "臺北市政府勞動局",
    "10002": "宜蘭縣政府勞工處",
    "10015": "花蓮縣政府社會處",
    "10017": "基隆市政府社會處",
    "09020": "金門縣政府社會處",
    "09007": "連江縣政府衛生福利局",
    "68000": "桃園市政府勞動局",
    "10004": "新竹縣政府勞工處",
    "10018": "新竹市政府勞工處",
    "10005": "苗栗縣政府勞工及青年發展處",
    "66000": "臺中市政府勞工局",
    "10007": "彰化縣政府勞工處",
    "10008": "南投縣政府社會及勞動處",
    "67000": "臺南市政府勞工局",
    "10009": "雲林縣政府勞動暨青年事務發展處",
    "10010": "嘉義縣政府勞工暨青年發展處",
    "10020": "嘉義市政府社會處",
    "64000": "高雄市政府勞工局",
    "10013": "屏東縣政府勞動暨青年發展處",
    "10014": "臺東縣政府社會處",
    "10016": "澎湖縣政府社會處",
}

#: Under a bureau: every county has a silver point; the six special municipalities have desks, stations and outsourced centres.
SPECIAL = ("63000", "64000", "65000", "66000", "67000", "68000")
UNDER_BUREAU = (
    (K.SILVER_POINT, "{county}銀髮人才服務據點", "P1", False),
    (K.SERVICE_DESK, "{county}就業服務臺", "D1", True),
    (K.SERVICE_STATION, "{county}就業服務站", "S1", True),
    (K.OUTSOURCED_CENTER, "{county}委辦就業中心", "O1", True),
)
