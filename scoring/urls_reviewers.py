"""Addresses of the reviewer: desk, recusal, sheets, consolidation, files."""

urlpatterns: list = []
