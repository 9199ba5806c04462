from mapping.models.attributes import HRAttribute, Section, SectionAccess
from mapping.models.sets import FieldRule, Frozen, MappingSet, OptionMap, OptionMapEntry, PartOfASet
from mapping.models.values import PersonValue, ValueImport
from mapping.models.work import AttributeRequest, MappingChange, Preview

__all__ = [
    "AttributeRequest",
    "FieldRule",
    "Frozen",
    "HRAttribute",
    "MappingChange",
    "MappingSet",
    "OptionMap",
    "OptionMapEntry",
    "PartOfASet",
    "PersonValue",
    "Preview",
    "Section",
    "SectionAccess",
    "ValueImport",
]
