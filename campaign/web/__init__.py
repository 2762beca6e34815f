"""The faces of the house: public pages, the interface for widgets, the staff console, operations."""
