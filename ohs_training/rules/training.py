"""三第1項、附表二附註2: the kinds of training as the rules tell them apart."""

from __future__ import annotations

from typing import Literal

Training = Literal["professional", "in_service", "in_service_discussion"]
TRAININGS: dict[Training, str] = {
    "professional": "專業訓練",
    "in_service": "在職教育訓練",
    "in_service_discussion": "在職教育訓練（分組討論）",
}
#: 類別 in a class's full name, where 訓練 follows.
KINDS: dict[Training, str] = {
    "professional": "專業",
    "in_service": "在職教育",
    "in_service_discussion": "在職教育，分組討論",
}
