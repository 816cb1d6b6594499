"""From nothing to a form that can be printed; and where one stands on the way from there."""
