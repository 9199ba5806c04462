"""How every form of the portal looks: label, hint, error, input, tied together for screen readers."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """Renders forms and fields with templates/forms/; widgets stay Django's own."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
