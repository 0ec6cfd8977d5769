"""Pure judgements with open reasons: no input, no output, no clock of their own."""
