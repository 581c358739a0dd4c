"""The close of a month: figures from the ledger, two people, and later changes as adjustments of the next month."""
