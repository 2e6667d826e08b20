"""The passes over a benchmark beside its ordinary rounds, a module each, and the table of them all.

A pass is a row of `table.PASSES`: when it is taken, how its rounds differ, and what they say of a case.
Records hold that by the name of the pass, and all reports iterate over it. `offers` are what the command line
says of them. The package may import what the rest of the analysis may: it is given values and returns values.
"""
