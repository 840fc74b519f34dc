"""Odoo's point of sale with its employees (modules `point_of_sale` and `pos_hr`), over JSON-2."""
