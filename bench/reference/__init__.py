"""What our side is compared with, written as barely as it can be."""
