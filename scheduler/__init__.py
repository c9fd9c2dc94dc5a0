"""From rules, calendar, submissions and ledger to reminders."""
