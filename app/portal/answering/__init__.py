"""What comes in from others, and what is answered: recalls, requests, disputes, feedback; and taking back one's own."""
