"""`campaign doctor`: looks whether everything is there and works, and says what to do. It changes nothing."""

from campaign.doctor.examine import examine
from campaign.doctor.finding import Finding, Status, worst
from campaign.doctor.opening import sending_domain
from campaign.doctor.report import as_json, as_text
from campaign.doctor.settings import unread

__all__ = ["Finding", "Status", "as_json", "as_text", "examine", "sending_domain", "unread", "worst"]
