"""How thoroughly generated tests look. The same examples each time: a red run can be repeated."""

from hypothesis import HealthCheck, settings

QUICK = settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
THOROUGH = settings(QUICK, max_examples=2000)
