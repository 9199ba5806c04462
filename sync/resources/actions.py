"""What the journal calls the writes of an employment and its parts."""

EMPLOYMENT_PUT = "employment.put"
EMPLOYMENT_START, EMPLOYMENT_END = "employment.start", "employment.end"
EMPLOYMENT_REINSTATE = "employment.reinstate"
ORGANIZATION_POST, ORGANIZATION_PUT = "organization.post", "organization.put"
HOURS_POST, HOURS_PUT = "hours.post", "hours.put"
PAYMENT_POST, PAYMENT_PUT = "payment.post", "payment.put"
ACTIONS = (
    *(EMPLOYMENT_PUT, EMPLOYMENT_START, EMPLOYMENT_END, EMPLOYMENT_REINSTATE),
    *(ORGANIZATION_POST, ORGANIZATION_PUT, HOURS_POST, HOURS_PUT, PAYMENT_POST, PAYMENT_PUT),
)
