"""The checks of a row that stand in a domain (decision 0086), as the database has them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Domain:
    """A domain over the type `row`, to which the check `check` of a table casts its columns."""

    name: str
    row: str
    table: str
    check: str

    def rules(self) -> dict[str, str]:
        """Return what each check of the domain says, by its name."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_expr(conbin, 0) FROM pg_constraint WHERE contypid = %s::regtype", [self.name]
            )
            return dict(cursor.fetchall())

    def count_verdicts(self, rule: str, before: str, values: dict[str, str]) -> tuple[int, int, int]:
        """Return, of all combinations of these values, how many there are, how many the rule takes, and of how many its
        old text said otherwise. A check refuses where it is false, and passes where it is true or null.
        """
        rows = " CROSS JOIN ".join(f"(VALUES {each}) AS of_{name}({name})" for name, each in values.items())
        now = self.rules()[rule].replace("(VALUE).", "")
        verdicts = f"({now}) IS NOT FALSE AS is_taken, ({before}) IS NOT FALSE AS was_taken"
        counts = "count(*), count(*) FILTER (WHERE is_taken), count(*) FILTER (WHERE is_taken <> was_taken)"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {counts} FROM (SELECT {verdicts} FROM {rows}) AS tried")  # noqa: S608 - ours
            every, taken, otherwise = cursor.fetchone()
        return every, taken, otherwise

    def validity(self) -> dict[str, bool]:
        """Return whether each check of the table and of the domain is enforced and held by all rows, by its name."""
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT conname, convalidated AND conenforced FROM pg_constraint
                    WHERE contype = 'c' AND (conrelid = %s::regclass OR contypid = %s::regtype)""",
                [self.table, self.name],
            )
            return dict(cursor.fetchall())

    def assert_fields_are_columns(self) -> None:
        """Each field that is judged is the column of its name, in the order of the check."""
        columns = """SELECT attname, format_type(atttypid, atttypmod), attcollation FROM pg_attribute
                      WHERE attrelid = %s::regclass"""
        with connection.cursor() as cursor:
            cursor.execute(f"{columns} ORDER BY attnum", [self.row])
            fields = cursor.fetchall()
            names = [name for name, *_ in fields]
            cursor.execute(
                f"{columns} AND attname = ANY(%s) ORDER BY array_position(%s, attname::text)",
                [self.table, names, names],
            )
            assert cursor.fetchall() == fields
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [self.check])
            [[definition]] = cursor.fetchall()
        assert definition == f"CHECK (((ROW({', '.join(names)}))::{self.name} IS DISTINCT FROM NULL))"
