"""The other sides of a row that need packages or processes of their own."""
