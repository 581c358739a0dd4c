from __future__ import annotations

from typing import Any

from rest_framework import serializers


class BetSerializer(serializers.Serializer[Any]):
    transactionId = serializers.CharField(max_length=255)  # noqa: N815 - as on the wire
    sessionId = serializers.CharField(max_length=512)  # noqa: N815
    playerId = serializers.CharField(max_length=255)  # noqa: N815
    gameId = serializers.CharField(max_length=64)  # noqa: N815
    currency = serializers.CharField(max_length=8)
    amount = serializers.IntegerField(min_value=0, max_value=2**53 - 1)


class AnswerSerializer(serializers.Serializer[Any]):
    status = serializers.CharField()
    transactionId = serializers.CharField(source="transaction_id")  # noqa: N815
    balance = serializers.IntegerField()
