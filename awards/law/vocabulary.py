"""The codes that documents use for facts, each with its Chinese name. An edition may add awards and regions."""

from collections.abc import Mapping
from types import MappingProxyType

ORGANISATION_KINDS: Mapping[str, str] = MappingProxyType(
    {"enterprise": "企业", "institution": "事业单位", "non_profit": "非营利组织"}
)
REGIONS: Mapping[str, str] = MappingProxyType(
    {
        "sip": "苏州工业园区",
        "suzhou": "苏州市(园区以外)",
        "jiangsu": "江苏省(苏州以外)",
        "other": "江苏省以外",
    }
)
LICENCES: Mapping[str, str] = MappingProxyType(
    {"held": "齐备", "missing": "缺少", "not_applicable": "不适用"}
)
SPOT_CHECK_LEVELS: Mapping[str, str] = MappingProxyType(
    {"district": "区级", "city": "市级", "province": "省级", "nation": "国家级"}
)
EXPORT_INCIDENTS: Mapping[str, str] = MappingProxyType(
    {"return": "退运(退货)", "destruction": "销毁", "notification": "官方通报", "claim": "索赔"}
)
ACCIDENT_GRADES: Mapping[str, str] = MappingProxyType(
    {"general": "一般", "larger": "较大", "major": "重大", "extraordinary": "特别重大"}
)
AWARDS: Mapping[str, str] = MappingProxyType(
    {
        "sip_quality": "苏州工业园区质量奖",
        "suzhou_quality": "苏州市质量奖",
        "suzhou_mayor_quality": "苏州市市长质量奖",
        "jiangsu_quality": "江苏省质量奖",
        "china_quality_nomination": "中国质量奖提名奖",
        "china_quality": "中国质量奖",
        "luban": "鲁班奖",
        "national_quality_project": "国家优质工程奖",
        "may_day_labour": "全国五一劳动奖章",
    }
)
