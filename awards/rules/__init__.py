"""Pure judgments about cycles: may one open, does the timetable hold together, how does the law read in plain words."""
