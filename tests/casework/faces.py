"""The scene of the tests of both faces: a branch with its people, another branch, two units."""

from dataclasses import dataclass

from django.test import Client

from accounts.models import Organisation, User
from tests.casework import toy
from tests.factories import OrganisationFactory, UnitFactory, UserFactory


@dataclass
class Scene:
    branch: Organisation
    elsewhere: Organisation
    unit: Organisation
    other_unit: Organisation
    officer: User
    colleague: User
    reader: User
    outsider: User
    contact: User
    stranger: User

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client


def build() -> Scene:
    branch, elsewhere = OrganisationFactory(name="雲嘉南分署"), OrganisationFactory(name="中彰投分署")
    unit = UnitFactory(name="臺南市工業會", unified_number="04595257")
    other = UnitFactory(name="嘉義縣農會")
    return Scene(
        branch,
        elsewhere,
        unit,
        other,
        officer=UserFactory(name="林承辦", roles=((toy.OFFICER, branch),)),
        colleague=UserFactory(name="陳同仁", roles=((toy.OFFICER, branch),)),
        reader=UserFactory(name="周查閱", roles=((toy.READER, branch),)),
        outsider=UserFactory(name="吳外人", roles=((toy.OFFICER, elsewhere),)),
        contact=UserFactory(name="王聯絡", roles=((toy.CONTACT, unit),)),
        stranger=UserFactory(name="李路人", roles=((toy.CONTACT, other),)),
    )
