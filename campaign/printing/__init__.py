"""What goes on paper: a letter as a PDF, and the pack that is handed over."""

from campaign.printing import handover
from campaign.printing.compile import pdf
from campaign.printing.handover import Who
from campaign.printing.pack import Part, parts
from campaign.printing.sheets import Sheet, letters_pdf

__all__ = ["Part", "Sheet", "Who", "handover", "letters_pdf", "parts", "pdf"]
