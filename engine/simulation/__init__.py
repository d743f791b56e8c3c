"""The simulated Vojvodina: fields, weather, crops and radar. Everything drawn from it says so."""
