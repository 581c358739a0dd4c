from django.urls import path

from bench.yardstick.views import Bet, healthz

urlpatterns = [path("wallet/transaction/bet", Bet.as_view()), path("healthz", healthz)]
