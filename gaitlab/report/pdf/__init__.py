"""The report on two sheets of paper."""
