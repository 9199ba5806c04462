"""What somebody answers to a sync that asks before it sends."""

from collections.abc import Sequence
from typing import Any

from django import forms

from sync.wording.guards import CHOOSE, Question

SEND, LEAVE_OUT = "send", "leave_out"


class ApprovalForm(forms.Form):
    """A choice for each question that can be left out; nothing is chosen beforehand. The button agrees to the others.

    `seen` stands for the questions that the page showed.
    """

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, questions: Sequence[Question], seen: str, data: Any = None) -> None:
        super().__init__(data, initial={"seen": seen})
        self.questions = questions
        for question in questions:
            if question.send:
                self.fields[question.code] = forms.ChoiceField(
                    label=str(question.text),
                    choices=((SEND, question.send), (LEAVE_OUT, question.leave_out)),
                    widget=forms.RadioSelect,
                    error_messages=dict.fromkeys(("required", "invalid_choice"), str(CHOOSE[question.code])),
                )

    @property
    def answers(self) -> dict[str, bool]:
        """By guard: whether it is agreed to; else its changes are left out."""
        return {one.code: self.cleaned_data.get(one.code, SEND) == SEND for one in self.questions}

    @property
    def asked(self) -> list[tuple[Question, Any]]:
        """Each question with its field, or None where there is nothing to choose."""
        return [(one, self[one.code] if one.code in self.fields else None) for one in self.questions]
