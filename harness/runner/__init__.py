"""Carries out a plan: from what was asked for to a finished journal."""
