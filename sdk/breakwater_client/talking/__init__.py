"""What goes over the network: the connection, submitting, pulling, and answering notices."""
