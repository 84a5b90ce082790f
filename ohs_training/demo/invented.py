"""Invented people, papers, pictures and signatures of the demonstration."""

import io
from datetime import date, datetime, time

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from casework.intake.sample import paper
from kernel.dates import TAIPEI

SURNAMES, GIVEN = (
    "林陳黃張李王吳劉蔡楊許鄭謝郭洪",
    ("美惠", "志明", "淑芬", "家豪", "雅婷", "俊傑", "怡君", "冠宇", "佩珊", "宗翰", "靜宜"),
)


def name_of(n: int) -> str:
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)]


def national_id(n: int) -> str:
    """The n-th valid number of letter E, female (invented)."""
    body = f"2{3_000_000 + n * 41:07d}"
    total = 1 + 9 * 4 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"E{body}{(10 - total % 10) % 10}"


def pdf(title: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{title}.pdf", paper(title, ["本件為展示用文件。"]), content_type="application/pdf")


def ink(n: int) -> bytes:
    """A scrawl, different for everybody."""
    out = io.BytesIO()
    image = Image.new("RGBA", (320, 120), (0, 0, 0, 0))
    points = [(15 + 42 * k, 60 + ((n * 37 + k * 53) % 80) - 40) for k in range(8)]
    ImageDraw.Draw(image).line(points, fill=(20, 20, 40, 255), width=4, joint="curve")
    image.save(out, "PNG")
    return out.getvalue()


def photo(n: int) -> bytes:
    """A figure on a plain ground: a person of the demonstration."""
    image = Image.new("RGB", (300, 400), (206 + n % 30, 220, 230))
    pen = ImageDraw.Draw(image)
    pen.ellipse((95, 70, 205, 210), fill=(235, 200 + n % 20, 170))
    pen.pieslice((88, 50, 212, 190), 180, 360, fill=(50 + n * 7 % 40, 38, 32))
    pen.rounded_rectangle((50, 225, 250, 430), 60, fill=(40 + n * 13 % 120, 80, 110))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def moment_of(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), TAIPEI)
