from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demo data. Installed by the demo's and the tests' settings only, never in production."""

    name = "demo"
    verbose_name = "演示数据"
