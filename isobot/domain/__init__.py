"""Pure rules: no await, network, database or clock; days and moments come in."""
