/* Display modes, counters, guards against losing or sending a form twice. */
