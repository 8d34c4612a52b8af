"""What the user gives: subject, photos, weights, deployment and parameters, each checked before anything runs."""
