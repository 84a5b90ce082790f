"""Case and document numbers in addresses: `<case:number>` is OA-115-000123."""


class CaseNumber:
    regex = r"[A-Z]{1,10}-\d{2,3}-\d{6,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
