"""Runs `manage.py check --deploy` with production settings of its own making; any warning fails."""

import os
import sys

sys.path.insert(0, os.getcwd())

from scripts.build_static import begin

if __name__ == "__main__":
    begin()
    from django.core.management import call_command

    call_command("check", deploy=True, fail_level="WARNING")
