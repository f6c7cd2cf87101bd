"""The models beside each other: figures, verdicts, training, the published study."""
