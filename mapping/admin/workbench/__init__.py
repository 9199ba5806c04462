"""The mapping workbench: where support maps a company's attributes to Loket's fields."""

from mapping.admin.workbench.urls import Workbench

__all__ = ["Workbench"]
