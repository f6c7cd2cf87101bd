"""Does the map point at the defect?"""
