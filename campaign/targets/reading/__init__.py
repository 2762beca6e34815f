"""Read a register from a file of somebody else: a table (CSV) or Popolo JSON, into one neutral form."""
