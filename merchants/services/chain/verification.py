"""Verification of the chains: hashes are computed again from the rows, window by window.

It checks that each block follows from the previous one, that the rows match their block, and that a given head is in
the chain. Only the head finds a chain that was rebuilt as a whole, or cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from time import perf_counter

from merchants.models import Chain, ChainBlock, ChainRecipe, Merchant
from merchants.services.chain.tables import ChainedTable, chained_tables, rows_above
from portal.lib import database

SHOWN = 100
PARTS = 28  # nights until the rows of every block were hashed again
BEGINNING = -(2**63)
BLOCKS = """
    WITH l AS (
        SELECT b AS block, lag(b.head, 1, ''::bytea) OVER w AS head_before,
               lag(b.total_rows, 1, 0::bigint) OVER w AS rows_before,
               lag(b.number, 1, 0::bigint) OVER w AS number_before
          FROM merchants_chainblock b
         WHERE b.chain = %(chain)s AND (%(merchant)s::bigint IS NULL OR b.merchant_id = %(merchant)s)
        WINDOW w AS (PARTITION BY b.merchant_id ORDER BY b.number)
    )
    SELECT (l.block).merchant_id, (l.block).number, l.number_before, count(*) OVER ()
      FROM l
      LEFT JOIN merchants_chainrecipe r ON r.id = (l.block).recipe_id
     WHERE (l.block).number <> l.number_before + 1 OR (l.block).total_rows <> l.rows_before + (l.block).row_count
        OR (l.block).head IS DISTINCT FROM merchants_chain_head(l.head_before, l.block, r)
     ORDER BY 1, 2 LIMIT %(shown)s
"""
WINDOWS = """
    SELECT w.before, w.after_id FROM (
        SELECT v.after_id, lag(v.upto_id, 1, %(beginning)s) OVER (ORDER BY v.upto_id, v.after_id) AS before
          FROM (SELECT DISTINCT b.after_id, b.upto_id FROM merchants_chainblock b WHERE b.table_name = %(table)s) v
    ) w WHERE w.before <> w.after_id
     ORDER BY 2 LIMIT %(shown)s
"""
# Windows of one recipe in which a merchant's rows are not its block's.
ROWS = """
    SELECT w.after_id, w.upto_id, d.merchant_id, d.block
      FROM (SELECT DISTINCT b.after_id, b.upto_id FROM merchants_chainblock b
             WHERE b.table_name = %(table)s AND b.recipe_id = %(recipe)s
               AND (%(since)s::timestamptz IS NULL OR b.sealed_at >= %(since)s
                    OR b.upto_id %% %(parts)s = %(part)s)) w
      JOIN merchants_chainrecipe r ON r.id = %(recipe)s
     CROSS JOIN LATERAL (
        SELECT coalesce(n.merchant_id, o.merchant_id) AS merchant_id, o.id AS block
          FROM merchants_chain_blocks(r, w.after_id, w.upto_id, NULL, %(merchant)s::bigint) n
          FULL JOIN (SELECT b.* FROM merchants_chainblock b
                      WHERE b.table_name = %(table)s AND b.upto_id = w.upto_id AND b.after_id = w.after_id
                        AND (%(merchant)s::bigint IS NULL OR b.merchant_id = %(merchant)s)) o
            ON o.merchant_id = n.merchant_id
         WHERE (n.row_count, n.ids, n.fingerprints, n.digest)
               IS DISTINCT FROM (o.row_count, o.ids, o.fingerprints, o.digest)
     ) d
     ORDER BY 2, 3
"""
ROWS_OF_BLOCK = """
    SELECT coalesce(n.id, o.id),
           CASE WHEN n.id IS NULL THEN 'removed' WHEN o.id IS NULL THEN 'inserted' ELSE 'changed' END
      FROM (SELECT f.id, substr(f.hash, 1, 8) AS fingerprint
              FROM merchants_chainrecipe r
             CROSS JOIN LATERAL merchants_chain_rows(r, %(after)s, %(upto)s, NULL, %(merchant)s) f
             WHERE r.id = %(recipe)s) n
      FULL JOIN (SELECT i.id, substr(b.fingerprints, (i.n::integer - 1) * 8 + 1, 8) AS fingerprint
                   FROM merchants_chainblock b, unnest(b.ids) WITH ORDINALITY i (id, n) WHERE b.id = %(block)s) o
        ON o.id = n.id
     WHERE o.fingerprint IS DISTINCT FROM n.fingerprint
     ORDER BY 1
"""
OF_HEAD = """
    SELECT b.id FROM merchants_chainblock b
     WHERE b.chain = %(chain)s AND (%(merchant)s::bigint IS NULL OR b.merchant_id = %(merchant)s)
       AND starts_with(encode(b.head, 'hex'), %(head)s)
     ORDER BY b.number DESC LIMIT 1
"""
COLUMNS = """
    SELECT array_agg(a.attname::text) FROM pg_attribute a
     WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""
ROWS_SEALED = """
    SELECT coalesce(sum(b.row_count), 0), count(*) FROM merchants_chainblock b
     WHERE b.chain = %(chain)s AND (%(merchant)s::bigint IS NULL OR b.merchant_id = %(merchant)s)
"""


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """One difference from the sealed state. `row`: the id in `table`, when the finding concerns a row."""

    merchant: str
    sentence: str
    table: str = ""
    row: int | None = None


@dataclass(slots=True)
class ChainVerdict:
    chain: Chain
    rows: int = 0
    blocks: int = 0
    unsealed: int = 0
    seconds: float = 0.0
    found: int = 0
    findings: list[ChainFinding] = field(default_factory=list)  # the first of them
    head: ChainBlock | None = None  # where the head that was asked for stands

    @property
    def holds(self) -> bool:
        return not self.found

    def add(self, finding: ChainFinding) -> None:
        self.found += 1
        if len(self.findings) < SHOWN:
            self.findings.append(finding)


@dataclass(frozen=True, slots=True)
class _Check:
    verdict: ChainVerdict
    merchant: int | None
    since: datetime | None
    part: int | None
    codes: dict[int, str]

    def code(self, merchant: int) -> str:
        return self.codes.get(merchant, f"merchant {merchant}") if merchant else "no merchant"


def verify_chains(
    chain: Chain,
    merchant: Merchant | None = None,
    *,
    since: datetime | None = None,
    part: int | None = None,
    head: str = "",
) -> ChainVerdict:
    """Verify the chains of one merchant, or of all. `head`: also search for this head.

    `since`: all blocks, but only the rows of newer blocks, and with `part` those of one of PARTS parts of older blocks.
    """
    started = perf_counter()
    codes = dict(Merchant.objects.values_list("pk", "code"))
    check = _Check(ChainVerdict(chain), merchant.pk if merchant else None, since, part, codes)
    verdict, values = check.verdict, {"chain": chain, "merchant": check.merchant}
    [(verdict.rows, verdict.blocks)] = database.fetch_rows(ROWS_SEALED, values)
    _check_blocks(check)
    for table in chained_tables(chain):
        _check_table(check, table)
    if head:
        _find_head(check, head)
    verdict.seconds = perf_counter() - started
    return verdict


# --- blocks -----------------------------------------------------------------------------------------------------------
def _check_blocks(check: _Check) -> None:
    values = {"chain": check.verdict.chain, "merchant": check.merchant, "shown": SHOWN}
    for merchant, number, before, _ in database.fetch_rows(BLOCKS, values):
        if number != before + 1:
            sentence = f"Blocks {before + 1} to {number - 1} of the chain were removed or renumbered."
        else:
            sentence = f"Block {number} was changed, or the block before it was replaced."
        check.verdict.add(ChainFinding(check.code(merchant), sentence))


def _find_head(check: _Check, head: str) -> None:
    found = database.fetch_rows(OF_HEAD, {"chain": check.verdict.chain, "merchant": check.merchant, "head": head})
    if found:
        check.verdict.head = ChainBlock.objects.defer("ids", "fingerprints").get(pk=found[0][0])
        return
    sentence = f"No block has the head {head}. The chain was cut or rebuilt after that head was sent."
    check.verdict.add(ChainFinding(check.code(check.merchant) if check.merchant else "", sentence))


# --- rows -------------------------------------------------------------------------------------------------------------
def _check_table(check: _Check, table: ChainedTable) -> None:
    recipes = list(ChainRecipe.objects.filter(table_name=table.name).order_by("version"))
    for sentence in _faults_of_recipes(table, recipes):
        check.verdict.add(ChainFinding("", sentence, table.name))
    known = _columns(table.name)
    for recipe in recipes:
        if known.issuperset(recipe.columns):
            _check_rows(check, table, recipe)
    values = {"table": table.name, "beginning": BEGINNING, "shown": SHOWN}
    for upto, after in database.fetch_rows(WINDOWS, values):
        sentence = f"No block covers the rows with ids above {upto} up to {after}: blocks were removed or changed."
        check.verdict.add(ChainFinding("", sentence, table.name))
    newest = ChainBlock.objects.filter(table_name=table.name).order_by("-upto_id").values_list("upto_id", flat=True)
    check.verdict.unsealed += rows_above(table.name, table.id_column, newest.first() or BEGINNING)


def _check_rows(check: _Check, table: ChainedTable, recipe: ChainRecipe) -> None:
    values = {"table": table.name, "recipe": recipe.pk, "merchant": check.merchant, "since": check.since}
    values |= {"parts": PARTS, "part": check.part}
    for after, upto, merchant, block in database.fetch_rows(ROWS, values):
        where = {"after": after, "upto": upto, "merchant": merchant, "block": block, "recipe": recipe.pk}
        rows = database.fetch_rows(ROWS_OF_BLOCK, where)
        for row, what in rows:
            sentence = f"Row {row} of {table.name} was {what} after it was sealed."
            if what == "inserted":
                sentence = f"Row {row} of {table.name} was inserted among sealed rows."
            check.verdict.add(ChainFinding(check.code(merchant), sentence, table.name, row))
        if not rows:
            sentence = f"The block of {table.name} up to row {upto} was changed: its rows have other hashes."
            check.verdict.add(ChainFinding(check.code(merchant), sentence, table.name))


def _faults_of_recipes(table: ChainedTable, recipes: list[ChainRecipe]) -> Iterator[str]:
    if not recipes:
        yield f"{table.name} is not sealed: it has no recipe. Run manage.py migrate."
        return
    known = _columns(table.name)
    for before, after in pairwise(recipes):
        if missing := set(before.columns) - set(after.columns):
            yield f"Version {after.version} of the recipe leaves out {', '.join(sorted(missing))}."
    for recipe in recipes:
        if missing := set(recipe.columns) - known:
            yield (
                f"Rows sealed by version {recipe.version} of the recipe cannot be checked:"
                f" {', '.join(sorted(missing))} no longer exists."
            )
    if missing := known - set(recipes[-1].columns) - table.changing:
        yield f"The newest recipe does not cover {', '.join(sorted(missing))}. Run manage.py migrate."


def _columns(table: str) -> set[str]:
    [(columns,)] = database.fetch_rows(COLUMNS, [table])
    return set(columns or [])
