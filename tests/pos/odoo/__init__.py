"""The adapter for Odoo."""
