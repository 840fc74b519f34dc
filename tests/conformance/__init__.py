"""What every backend must do, whatever system it is for."""
