from django.urls import path

from bench.yardstick.views import Bet, livez

urlpatterns = [path("wallet/transaction/bet", Bet.as_view()), path("livez", livez)]
